"""Forty languages, each in a charset that its writers use: (language, charset, its name for 急救)."""

SOUP = (
    ("简体中文", "gb2312", "心肺复苏与急救"), ("简体中文", "gbk", "朱镕基题词：急救"),
    ("简体中文", "gb18030", "𠮷野家旁边的急救站"), ("简体中文", "hz-gb-2312", "急救常识"),
    ("繁體中文", "big5", "急救與心肺復甦術"), ("香港", "big5-hkscs", "嘅急救"),
    ("日本語", "iso-2022-jp", "救急処置のビデオ"), ("日本語", "shift_jis", "救急処置①"),
    ("日本語", "euc-jp", "応急手当て"), ("한국어", "euc-kr", "응급 처치 안내"),
    ("한국어", "ks_c_5601-1987", "심폐소생술"), ("한국어", "iso-2022-kr", "응급실"),
    ("Русский", "koi8-r", "Первая помощь"), ("Русский", "windows-1251", "Скорая помощь"),
    ("Українська", "koi8-u", "Швидка допомога її"), ("Български", "iso-8859-5", "Първа помощ"),
    ("Српски", "windows-1251", "Прва помоћ"), ("Ελληνικά", "iso-8859-7", "Πρώτες βοήθειες"),
    ("Ελληνικά", "windows-1253", "Καρδιοαναπνευστική"), ("עברית", "windows-1255", "עזרה ראשונה"),
    ("עברית", "iso-8859-8-i", "החייאה"), ("العربية", "windows-1256", "إسعافات أولية"),
    ("العربية", "iso-8859-6", "الإنعاش"), ("فارسی", "utf-8", "کمک‌های اولیه"),
    ("ไทย", "tis-620", "การปฐมพยาบาล"), ("ไทย", "windows-874", "ช่วยชีวิต"),
    ("Tiếng Việt", "windows-1258", "So cuu"), ("Türkçe", "iso-8859-9", "İlk yardım eğitimi"),
    ("Polski", "iso-8859-2", "Pierwsza pomoc: żółć"), ("Čeština", "windows-1250", "První pomoc řádně"),
    ("Magyar", "iso-8859-2", "Elsősegély"), ("Română", "iso-8859-16", "Prim ajutor și țesut"),
    ("Deutsch", "iso-8859-1", "Erste Hilfe für Ärzte"), ("Français", "windows-1252", "Premiers secours – œdème"),
    ("Español", "iso-8859-15", "Primeros auxilios: 5 €"), ("Íslenska", "iso-8859-1", "Skyndihjálp ðþ"),
    ("Latviešu", "iso-8859-13", "Pirmā palīdzība"), ("Lietuvių", "windows-1257", "Pirmoji pagalba ąčę"),
    ("Eesti", "iso-8859-4", "Esmaabi õpe"), ("Қазақша", "kz1048", "Алғашқы көмек"),
    ("हिन्दी", "utf-8", "प्राथमिक चिकित्सा"), ("ქართული", "utf-8", "პირველი დახმარება"),
    ("Монгол", "utf-8", "Анхны тусламж"), ("བོད་ཡིག", "utf-8", "མྱུར་སྐྱོབ།"), ("ئۇيغۇرچە", "utf-8", "جىددىي قۇتقۇزۇش"),
    ("Svenska", "iso-8859-1", "Första hjälpen på åkern"), ("Dansk", "windows-1252", "Førstehjælp"),
    ("Português", "iso-8859-1", "Reanimação"), ("Suomi", "iso-8859-10", "Ensiapu hätään"),
    ("Hrvatski", "windows-1250", "Prva pomoć u žurbi"), ("தமிழ்", "utf-8", "முதலுதவி"),
    ("বাংলা", "utf-8", "প্রাথমিক চিকিৎসা"), ("Esperanto", "iso-8859-3", "Unua helpo ĉiuj"), ("Gaeilge", "iso-8859-14", "Garchabhair ḃáis"),
)  # fmt: skip
# What Python calls them where that is not the name in mails.
CODECS = {
    "hz-gb-2312": "hz", "iso-8859-8-i": "iso-8859-8", "ks_c_5601-1987": "cp949", "tis-620": "cp874",
    "windows-874": "cp874", "shift_jis": "cp932", "iso-8859-9": "cp1254",
}  # fmt: skip

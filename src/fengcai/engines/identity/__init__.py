"""Who vouches for a person: WeChat, 企业微信, a CAS server, a directory (LDAP).

Each client speaks one protocol and answers with an `Identity`; which account it opens is decided above.
Keeps nothing, and contacts only what it was told to.
"""

from fengcai.engines.identity.cas import Cas
from fengcai.engines.identity.ldap import Directory
from fengcai.engines.identity.vouching import Identity, NotVouched
from fengcai.engines.identity.wechat import WeChat
from fengcai.engines.identity.wecom import WeCom

__all__ = ["Cas", "Directory", "Identity", "NotVouched", "WeChat", "WeCom"]

import { size } from "../kit/words";

/** Why a file cannot be taken, before a byte is sent; empty when it can. `accept` as the input has it,
 * `most` in bytes, 0 for no bound. */
export function refusalOf(file: File, accept: string, most: number): string {
  const kinds = accept
    .split(",")
    .map((kind) => kind.trim().toLowerCase())
    .filter(Boolean);
  const endings = kinds.filter((kind) => kind.startsWith("."));
  if (endings.length && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
    const kind = /\.[^.]+$/.exec(file.name)?.[0];
    return `这里只收 ${endings.join("、")} 文件，选中的是${kind ? ` ${kind} 文件` : "没有后缀名的文件"}。没有上传，请另选一个。`;
  }
  if (file.size === 0)
    return "这个文件是空的（0 字节），可能还没有导出完成。没有上传，请检查后另选一个。";
  if (most && file.size > most) {
    return `文件有 ${size(file.size)}，超过了 ${size(most)} 的上限。没有上传，请压缩后再选。`;
  }
  return "";
}

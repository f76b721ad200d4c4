/** `272.4` → `4:32`; an hour and more → `1:02:05`. Cut to whole seconds. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor((whole % 3600) / 60),
    whole % 60,
  ];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** Bytes as the server words them: powers of 1 024, `1.5 GB`. */
export function size(count: number): string {
  if (count < 1024) return `${Math.round(count)} 字节`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = count;
  let unit = "";
  for (unit of units) {
    value /= 1024;
    if (value < 1000) break;
  }
  return `${value.toFixed(value >= 100 ? 0 : 1).replace(/\.0$/, "")} ${unit}`;
}

/** How long something will still take, in words that don't pretend to know the second. */
export function about(seconds: number): string {
  if (!Number.isFinite(seconds)) return "正在估算";
  if (seconds < 10) return "马上就好";
  if (seconds < 60) return `约 ${Math.ceil(seconds / 10) * 10} 秒`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `约 ${minutes} 分钟`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest ? `约 ${hours} 小时 ${rest} 分钟` : `约 ${hours} 小时`;
}

/** What is left of a span, for a countdown. Cut to the unit that matters. */
export function left(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days) return hours ? `${days} 天 ${hours} 小时` : `${days} 天`;
  if (hours) return minutes ? `${hours} 小时 ${minutes} 分` : `${hours} 小时`;
  if (minutes) return `${minutes} 分 ${String(seconds % 60).padStart(2, "0")} 秒`;
  return `${seconds} 秒`;
}

/** Characters as people count them: code points, so 𬭊 and an emoji are one each. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

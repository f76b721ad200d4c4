/** Decimals as whole numbers of their smallest place: marks add up exactly, as on the server. */
export interface Exact {
  units: bigint;
  places: number;
}

/** `"18.50"` → 1850 of the second place; null for anything that is not a plain decimal. */
export function exact(text: string): Exact | null {
  const found = /^\s*(-?)(\d{1,9})(?:\.(\d{1,6}))?\s*$/.exec(text.normalize("NFKC"));
  if (!found) return null;
  const fraction = found[3] ?? "";
  const units = BigInt(`${found[2]}${fraction}`);
  return { units: found[1] ? -units : units, places: fraction.length };
}

function at(value: Exact, places: number): bigint {
  return value.units * 10n ** BigInt(places - value.places);
}

export function plus(one: Exact, other: Exact): Exact {
  const places = Math.max(one.places, other.places);
  return { units: at(one, places) + at(other, places), places };
}

export function times(one: Exact, other: Exact): Exact {
  return { units: one.units * other.units, places: one.places + other.places };
}

/** Below zero, zero or above it, as `one` is less than, equal to or more than `other`. */
export function compare(one: Exact, other: Exact): number {
  const places = Math.max(one.places, other.places);
  const difference = at(one, places) - at(other, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Whether `value` is a whole number of steps above `from`. */
export function onStep(value: Exact, from: Exact, step: Exact): boolean {
  const places = Math.max(value.places, from.places, step.places);
  const pace = at(step, places);
  return pace === 0n || (at(value, places) - at(from, places)) % pace === 0n;
}

/** `18.5`, without zeros that say nothing. */
export function decimal(value: Exact): string {
  const digits = (value.units < 0n ? -value.units : value.units)
    .toString()
    .padStart(value.places + 1, "0");
  const whole = digits.slice(0, digits.length - value.places);
  const fraction = digits.slice(digits.length - value.places).replace(/0+$/, "");
  return `${value.units < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}

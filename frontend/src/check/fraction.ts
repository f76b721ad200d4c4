/** Exact numbers, as the server's inspection has them: 24000/1001 is under 25, and 30000/1001 over. */
export interface Fraction {
  readonly above: bigint;
  /** Always more than zero. */
  readonly below: bigint;
}

/** A whole number, or numbers over each other, or what the server wrote: "30000/1001", "-23". */
export function fraction(above: string | number | bigint, below: number | bigint = 1): Fraction {
  if (typeof above === "string") {
    const [one = "0", other = "1"] = above.split("/");
    return { above: BigInt(one), below: BigInt(other) };
  }
  const [one, other] = [BigInt(above), BigInt(below)];
  if (other === 0n) throw new RangeError("nothing is divided by zero");
  return other < 0n ? { above: -one, below: -other } : { above: one, below: other };
}

/** Below zero, zero or above it, as `one` is less than, equal to or more than `other`. */
export function compare(one: Fraction, other: Fraction): number {
  const difference = one.above * other.below - other.above * one.below;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `one` divided by `other`; null by zero. */
export function over(one: Fraction, other: Fraction): Fraction | null {
  if (other.above === 0n) return null;
  return fraction(one.above * other.below, one.below * other.above);
}

/** To the nearest whole number, halves to the even one, as the server rounds. */
export function rounded({ above, below }: Fraction): number {
  const whole = floor({ above, below });
  const twice = 2n * (above - whole * below);
  const up = twice > below || (twice === below && whole % 2n !== 0n);
  return Number(up ? whole + 1n : whole);
}

function floor({ above, below }: Fraction): bigint {
  const cut = above / below;
  return cut * below > above ? cut - 1n : cut;
}

/** The nearest fraction whose denominator is not over `most`: continued fractions, as Python has it. */
export function shortened(value: Fraction, most: bigint): Fraction {
  const common = divisor(value.above < 0n ? -value.above : value.above, value.below);
  let [n, d] = [value.above / common, value.below / common];
  const exact = { above: n, below: d };
  if (d <= most) return exact;
  let [p0, q0, p1, q1] = [0n, 1n, 1n, 0n];
  for (;;) {
    const a = floor({ above: n, below: d });
    const q2 = q0 + a * q1;
    if (q2 > most) break;
    [p0, q0, p1, q1] = [p1, q1, p0 + a * p1, q2];
    [n, d] = [d, n - a * d];
  }
  const k = (most - q0) / q1;
  const one = { above: p1, below: q1 };
  const other = { above: p0 + k * p1, below: q0 + k * q1 };
  return compare(distance(one, exact), distance(other, exact)) <= 0 ? one : other;
}

function distance(one: Fraction, other: Fraction): Fraction {
  const above = one.above * other.below - other.above * one.below;
  return { above: above < 0n ? -above : above, below: one.below * other.below };
}

function divisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one || 1n : divisor(other, one % other);
}

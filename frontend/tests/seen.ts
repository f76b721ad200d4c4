import { look } from "../src/check/facts";
import type { Facts } from "../src/check/predicate";

/** Facts as text, for comparing. */
export const plain = (found: Facts): Record<string, string | boolean> =>
  Object.fromEntries(
    [...found].map(([name, value]) => [
      name,
      typeof value === "object" ? `${Number(value.above) / Number(value.below)}` : value,
    ]),
  );

/** What the check knows of a file, as text. */
export async function seen(made: File): Promise<Record<string, string | boolean>> {
  return plain((await look(made)).facts);
}

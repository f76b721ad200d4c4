/** Keeps text in this browser until the server has it. Does without where storage is forbidden. */
export class Stash<T> {
  readonly key: string;

  constructor(name: string) {
    this.key = `fengcai:${name}`;
  }

  read(): T | null {
    try {
      const text = localStorage.getItem(this.key);
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  }

  /** Whether the browser really kept it. */
  write(value: T): boolean {
    try {
      localStorage.setItem(this.key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  clear(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Where nothing can be stored there is nothing to clear.
    }
  }
}

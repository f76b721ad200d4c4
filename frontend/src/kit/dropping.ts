/** Have a box take the file that is dropped on it, unless it is busy; it shows `data-drag` meanwhile. */
export function takeDrops(
  box: HTMLElement,
  signal: AbortSignal,
  { busy, take }: { busy: () => boolean; take: (file: File) => void },
): void {
  box.addEventListener(
    "dragover",
    (event) => {
      if (busy()) return;
      event.preventDefault();
      box.dataset.drag = "";
    },
    { signal },
  );
  box.addEventListener("dragleave", () => delete box.dataset.drag, { signal });
  box.addEventListener(
    "drop",
    (event) => {
      delete box.dataset.drag;
      const file = event.dataTransfer?.files[0];
      if (!file || busy()) return;
      event.preventDefault();
      take(file);
    },
    { signal },
  );
}

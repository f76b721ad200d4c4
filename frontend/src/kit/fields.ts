export type Value = string | string[] | boolean;
export type Values = Record<string, Value>;
export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Read as it stands now, or as the server sent it: what was typed before any script is the difference. */
export type Reading = "now" | "served";

/** The form's controls inside `within` that hold what a person writes: no files, buttons, secrets. */
export function controls(form: HTMLFormElement, within: Element): Control[] {
  return [...form.elements].filter((control): control is Control => {
    if (!within.contains(control)) return false;
    if (control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) {
      return control.name !== "" && !control.hasAttribute("data-no-autosave");
    }
    if (!(control instanceof HTMLInputElement) || control.name === "") return false;
    return (
      !["hidden", "file", "submit", "button", "reset", "image", "password"].includes(
        control.type,
      ) && !control.hasAttribute("data-no-autosave")
    );
  });
}

/** Every control by its name: text, a list for several of one name, true or false for a lone box. */
export function valuesOf(all: Control[], reading: Reading = "now"): Values {
  const served = reading === "served";
  const found: Values = {};
  const several = (name: string): boolean => all.filter((one) => one.name === name).length > 1;
  const list = (name: string): string[] =>
    Array.isArray(found[name]) ? (found[name] as string[]) : [];
  for (const control of all) {
    const { name } = control;
    if (control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type)) {
      const checked = served ? control.defaultChecked : control.checked;
      if (control.type === "radio") {
        if (checked) found[name] = control.value;
        else found[name] ??= "";
      } else if (several(name) || control.hasAttribute("data-list")) {
        found[name] = checked ? [...list(name), control.value] : list(name);
      } else {
        found[name] = checked;
      }
    } else if (control instanceof HTMLSelectElement && control.multiple) {
      const options = [...control.options].filter((option) =>
        served ? option.hasAttribute("selected") : option.selected,
      );
      found[name] = options.map((option) => option.value);
    } else {
      const value = standing(control, reading);
      found[name] = several(name) ? [...list(name), value] : value;
    }
  }
  return found;
}

/** The text of one control, or the value of its one choice. */
export function standing(control: Control, reading: Reading): string {
  if (reading === "now") return control.value;
  if (!(control instanceof HTMLSelectElement)) return control.defaultValue;
  const options = [...control.options];
  // Of several marked choices a browser shows the last, of none the first that can be chosen.
  const shown =
    options.filter((option) => option.hasAttribute("selected")).at(-1) ??
    options.find((option) => !option.disabled);
  return shown?.value ?? "";
}

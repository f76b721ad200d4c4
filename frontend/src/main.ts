import "./styles/index.css";
import "./page/htmx";
import "./page/manners";
import "./elements/counter";
import "./elements/clock";
import "./elements/countdown";
import "./elements/scrub";

/** The heavier elements are fetched only by pages that hold one. */
const LATER: Record<string, () => Promise<unknown>> = {
  "fc-upload": () => import("./elements/upload"),
  "fc-player": () => import("./elements/player"),
  "fc-timeline": () => import("./elements/timeline"),
  "fc-together": () => import("./elements/together"),
  "fc-people": () => import("./elements/people"),
  "fc-passkey": () => import("./elements/passkey"),
  "fc-notice": () => import("./elements/notice"),
  "fc-livecheck": () => import("./elements/livecheck"),
  "fc-yaml": () => import("./elements/yaml"),
  "fc-autosave": () => import("./elements/autosave"),
  "fc-progress": () => import("./elements/progress"),
  "fc-signature": () => import("./elements/signature"),
  "fc-scoresheet": () => import("./elements/scoresheet"),
};

function fetchElements(): void {
  for (const [name, load] of Object.entries(LATER)) {
    if (document.querySelector(name)) {
      delete LATER[name];
      void load();
    }
  }
}

fetchElements();
document.addEventListener("htmx:load", fetchElements);

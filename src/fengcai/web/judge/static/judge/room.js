/* Notes follow the film: the moment in the form is where the film stands, until the text is begun;
   the key N goes to the note. Without this script the judge types the moment. */

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

const player = document.querySelector("fc-player");
const video = player?.querySelector("video");
const field = (name) => document.querySelector(`#note-form [name="${name}"]`);

const follow = () => {
  const moment = field("moment");
  const text = field("text");
  if (!video || !moment || text?.value || document.activeElement === moment) return;
  moment.value = clock(video.currentTime);
};

for (const name of ["timeupdate", "seeked", "pause"]) video?.addEventListener(name, follow);
follow();

const remark = () => {
  const moments = [...document.querySelectorAll("#notes [data-seek]")];
  player?.mark?.(moments.map((link) => Number(link.dataset.seek)));
};

document.addEventListener("htmx:afterSwap", (event) => {
  if (!(event.target instanceof Element) || event.target.id !== "notes") return;
  remark();
  follow();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target?.id !== "note-form" || !event.detail.successful) return;
  const text = field("text");
  if (text) text.value = "";
  text?.blur();
  follow();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key === "Escape" && event.target === field("text")) field("text").blur();
  if (typing || (event.key !== "n" && event.key !== "N")) return;
  const text = field("text");
  if (!text) return;
  event.preventDefault();
  text.focus();
});

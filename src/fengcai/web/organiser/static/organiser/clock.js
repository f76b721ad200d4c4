// A stop-watch beside each field of a measured time: it writes minutes and seconds into the field,
// which the officer may still change. Without script the field is filled by hand.
// performance.now() keeps running where the computer's own clock is set anew in between.

const running = new Set();

for (const form of document.querySelectorAll("form[data-clock]")) {
  const field = form.querySelector("input[name=seconds]");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button compact quiet";
  button.textContent = "开始计时";
  let from = 0;
  let tick = 0;
  const write = () => {
    const tenths = Math.round((performance.now() - from) / 100);
    const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
    field.value = `${Math.floor(tenths / 600)}:${rest}`;
  };
  const stop = () => {
    if (!running.delete(form)) return;
    clearInterval(tick);
    write();
    button.textContent = "重新计时";
  };
  button.addEventListener("click", () => {
    if (running.has(form)) return stop();
    running.add(form);
    from = performance.now();
    tick = setInterval(write, 100);
    button.textContent = "停止";
  });
  form.addEventListener("submit", stop);
  field.before(button);
}

// Leaving while another clock runs would lose its time: the browser asks.
window.addEventListener("beforeunload", (event) => {
  if (running.size) event.preventDefault();
});

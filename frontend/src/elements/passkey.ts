import { get } from "../kit/net";
import { create, passkeysHere, prove, type Reason } from "../kit/webauthn";

const WHY: Record<Exclude<Reason, "possible">, string> = {
  insecure: "这个网站走的是普通 HTTP，浏览器不允许在这里使用通行密钥。请改用动态验证码或密码。",
  numeric: "这个页面是用 IP 地址打开的，通行密钥只能用在域名下。请改用动态验证码或密码。",
  unsupported: "这个浏览器不支持通行密钥。请改用动态验证码或密码，或换一个新一些的浏览器。",
};

/** What went wrong, by the browser's own name for it. */
const FAILED: Record<string, string> = {
  NotAllowedError: "没有完成：已取消、超时，或设备上没有可用的通行密钥。可以再试一次。",
  AbortError: "没有完成，可以再试一次。",
  InvalidStateError: "这台设备上已经有这个账号的通行密钥，不用再添加。",
  SecurityError: "这个网址不能使用通行密钥，请改用动态验证码或密码。",
  NotSupportedError: "这台设备做不出合用的通行密钥，请改用动态验证码。",
  ConstraintError: "这把密钥不能确认是您本人（没有设 PIN、指纹或人脸）。请先在设备上设好。",
};

/**
 * `<fc-passkey data-mode="create|get|login">` around a button and a line of words, in a form with a
 * hidden `credential`: asks the browser and sends the form.
 *
 * `data-options` holds the server's request; for `login` it is fetched from `data-url` when wanted.
 */
export class Passkey extends HTMLElement {
  connectedCallback(): void {
    const here = passkeysHere();
    this.#say(here === "possible" ? "" : WHY[here]);
    if (here !== "possible") {
      this.#button?.remove();
      return;
    }
    if (!this.#button) return;
    this.#button.disabled = false;
    this.#button.onclick = () => void this.#start();
  }

  get #button(): HTMLButtonElement | null {
    return this.querySelector("button");
  }

  #say(words: string): void {
    const line = this.querySelector<HTMLElement>("[role=status]");
    if (!line) return;
    line.textContent = words;
    line.hidden = !words;
  }

  async #start(): Promise<void> {
    const button = this.#button;
    const form = this.closest("form");
    const field = form?.elements.namedItem("credential");
    if (!button || !form || !(field instanceof HTMLInputElement)) return;
    button.disabled = true;
    this.#say("请按浏览器的提示操作…");
    try {
      const options = await this.#options();
      const made = this.dataset.mode === "create" ? await create(options) : await prove(options);
      field.value = JSON.stringify(made);
      this.#say("正在核对…");
      form.requestSubmit();
    } catch (error) {
      button.disabled = false;
      const name = error instanceof Error ? error.name : "";
      this.#say(
        FAILED[name] ?? (error instanceof Refusal ? error.message : "没有完成，请再试一次。"),
      );
    }
  }

  async #options(): Promise<Record<string, unknown>> {
    const { options, url } = this.dataset;
    if (options) return JSON.parse(options) as Record<string, unknown>;
    const answer = await get(url ?? "").catch(() => {
      throw new Refusal("网络连接断了，请稍后再试。");
    });
    if (!answer.ok) throw new Refusal(answer.message);
    return answer.body.request_options as Record<string, unknown>;
  }
}

class Refusal extends Error {}

customElements.define("fc-passkey", Passkey);

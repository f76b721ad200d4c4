import { beforeEach, describe, expect, test, vi } from "vitest";
import { passkeysHere, toBuffer, toText } from "../src/kit/webauthn";
import { find, page } from "./stage";

const OPTIONS = JSON.stringify({
  publicKey: {
    challenge: "AQID",
    user: { id: "MQ", name: "a" },
    excludeCredentials: [{ id: "BA" }],
  },
});
const markup = (mode: string): string =>
  `<form><input type="hidden" name="credential"><fc-passkey data-mode="${mode}" data-options='${OPTIONS}'>
   <button type="button" disabled>做</button><p role="status">需要脚本</p></fc-passkey></form>`;

function browser(secure: boolean, host: string, credentials: unknown): void {
  vi.stubGlobal("isSecureContext", secure);
  vi.stubGlobal("PublicKeyCredential", class {});
  vi.stubGlobal("location", { hostname: host });
  Object.defineProperty(navigator, "credentials", { value: credentials, configurable: true });
}

beforeEach(async () => {
  await import("../src/elements/passkey");
  return () => {
    document.body.innerHTML = "";
    vi.unstubAllGlobals();
  };
});

describe("passkeys", () => {
  test("bytes go and come as the server writes them", () => {
    expect(toText(toBuffer("-_8"))).toBe("-_8");
    expect([...new Uint8Array(toBuffer("AQID"))]).toEqual([1, 2, 3]);
  });

  test.each([
    [false, "fengcai.example.cn", "insecure", "普通 HTTP"],
    [true, "10.1.2.3", "numeric", "IP 地址"],
    [true, "[::1]", "numeric", "IP 地址"],
  ])("where the browser withholds them the page says so (%s %s)", (secure, host, why, words) => {
    browser(secure, host, {});
    page(markup("get"));
    expect(passkeysHere()).toBe(why);
    expect(find("[role=status]").textContent).toContain(words);
    expect(find("[role=status]").textContent).toContain("动态验证码");
    expect(document.querySelector("fc-passkey button")).toBeNull();
  });

  test("a new one signs in by itself and always asks for its owner", async () => {
    const create = vi.fn().mockRejectedValue(new DOMException("", "InvalidStateError"));
    browser(true, "fengcai.example.cn", { create });
    page(markup("create"));
    const button = find("button") as HTMLButtonElement;
    expect(button.disabled).toBe(false);
    button.click();
    await vi.waitFor(() =>
      expect(find("[role=status]").textContent).toContain("已经有这个账号的通行密钥"),
    );
    const asked = create.mock.calls[0]?.[0].publicKey;
    expect(asked.authenticatorSelection).toEqual({
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    expect(new Uint8Array(asked.excludeCredentials[0].id)).toEqual(new Uint8Array([4]));
    expect(button.disabled).toBe(false);
  });

  test("the answer goes into the form, and the form is sent", async () => {
    const bytes = (...all: number[]): ArrayBuffer => new Uint8Array(all).buffer;
    const get = vi.fn().mockResolvedValue({
      id: "Ag",
      rawId: bytes(2),
      type: "public-key",
      getClientExtensionResults: () => ({}),
      response: {
        clientDataJSON: bytes(1),
        authenticatorData: bytes(2),
        signature: bytes(3),
        userHandle: bytes(49),
      },
    });
    browser(true, "fengcai.example.cn", { get });
    page(markup("get"));
    const form = find("form") as HTMLFormElement;
    form.requestSubmit = vi.fn();
    find("button").click();
    await vi.waitFor(() => expect(form.requestSubmit).toHaveBeenCalledOnce());
    const sent = JSON.parse((find("[name=credential]") as HTMLInputElement).value);
    expect(sent.response).toEqual({
      clientDataJSON: "AQ",
      authenticatorData: "Ag",
      signature: "Aw",
      userHandle: "MQ",
    });
  });
});

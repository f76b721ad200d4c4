import { beforeEach, describe, expect, test, vi } from "vitest";
import "../src/elements/autosave";
import { asksBeforeLeaving, button, find, page, server, type } from "./stage";

const FORM = `<fc-autosave save-url="/draft/" version="7" draft-key="e1">
  <form>
    <div class="field"><label for="t">作品名称</label><input id="t" name="title" value="旧名"></div>
    <div class="field"><label for="s">内容简介</label><textarea id="s" name="synopsis">旧文</textarea></div>
    <label><input type="checkbox" name="themes" value="a" checked>甲</label>
    <label><input type="checkbox" name="themes" value="b">乙</label>
    <label><input type="checkbox" name="promise">承诺</label>
    <input type="hidden" name="version" value="7"><input type="file" name="film">
    <span data-saved></span>
  </form></fc-autosave>`;

const mark = (): string => find("[data-saved]").textContent ?? "";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = "";
  localStorage.clear();
  return () => {
    document.body.innerHTML = "";
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

describe("fc-autosave", () => {
  test("sends only what changed, once typing pauses, and carries the new version on", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(FORM);
    type("#t", "手");
    type("#t", "手心里的温度");
    await vi.advanceTimersByTimeAsync(799);
    expect(asked).toEqual([]);
    expect(asksBeforeLeaving()).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([
      { url: "/draft/", method: "POST", body: { version: 7, fields: { title: "手心里的温度" } } },
    ]);
    expect(mark()).toMatch(/^✓ 已保存 \d\d:\d\d:\d\d$/);
    expect(find<HTMLInputElement>("[name=version]").value).toBe("8");
    expect(asksBeforeLeaving()).toBe(false);
    expect(localStorage.length).toBe(0);
  });

  test("boxes of one name are a list, a lone box is yes or no", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(FORM);
    for (const box of document.querySelectorAll<HTMLInputElement>("[type=checkbox]")) {
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[0]?.body.fields).toEqual({ themes: ["a", "b"], promise: true });
  });

  test("what is typed while a save is under way goes next, with the version that came back", async () => {
    const asked = server(
      { status: 200, body: { version: 8 } },
      { status: 200, body: { version: 9 } },
    );
    page(FORM);
    type("#t", "一");
    vi.advanceTimersByTime(800);
    type("#s", "二");
    await vi.advanceTimersByTimeAsync(900);
    expect(asked.map((one) => one.body)).toEqual([
      { version: 7, fields: { title: "一" } },
      { version: 8, fields: { synopsis: "二" } },
    ]);
  });

  test("without a network the text stays in this browser and is tried again by itself", async () => {
    const asked = server("offline", "offline", { status: 200, body: { version: 8 } });
    page(FORM);
    type("#t", "断网时写的");
    await vi.advanceTimersByTimeAsync(800);
    expect(mark()).toBe("网络断了，写的内容暂存在本机，1 秒后再存");
    expect(JSON.parse(localStorage.getItem("fengcai:draft:e1") ?? "")).toEqual({
      version: 7,
      fields: { title: "断网时写的" },
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(mark()).toBe("网络断了，写的内容暂存在本机，2 秒后再存");
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(3);
    expect(localStorage.getItem("fengcai:draft:e1")).toBeNull();
  });

  test("text that never reached the server comes back after a reload and is saved", async () => {
    localStorage.setItem(
      "fengcai:draft:e1",
      JSON.stringify({ version: 7, fields: { title: "没来得及存的" } }),
    );
    const asked = server({ status: 200, body: { version: 8 } });
    page(FORM);
    expect(find<HTMLInputElement>("#t").value).toBe("没来得及存的");
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[0]?.body).toEqual({ version: 7, fields: { title: "没来得及存的" } });
  });

  test("what was typed before the script came is saved, and stands over what was kept", async () => {
    localStorage.setItem(
      "fengcai:draft:e1",
      JSON.stringify({ version: 7, fields: { title: "上次没存的", synopsis: "上次没存的简介" } }),
    );
    const asked = server({ status: 200, body: { version: 8 } });
    const apart = document.createElement("div");
    apart.innerHTML = FORM;
    const early = apart.querySelector<HTMLInputElement>("#t");
    const box = apart.querySelector<HTMLInputElement>("[value=b]");
    if (early) early.value = "脚本到之前写的";
    if (box) box.checked = true;
    document.body.replaceChildren(...apart.childNodes);
    expect(asksBeforeLeaving()).toBe(true);
    await vi.advanceTimersByTimeAsync(800);
    expect(asked.map((one) => one.body)).toEqual([
      {
        version: 7,
        fields: { title: "脚本到之前写的", synopsis: "上次没存的简介", themes: ["a", "b"] },
      },
    ]);
    expect(localStorage.length).toBe(0);
  });

  test("a list of choices that nobody touched owes nothing", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(`<fc-autosave save-url="/draft/" version="7" draft-key="e1"><form>
      <select name="role"><option>编导</option><option selected>摄影</option></select>
      <select name="kind"><option value="">请选择</option><option value="m">音乐</option></select>
      <select name="axes" multiple><option selected>甲</option><option>乙</option></select>
      <label><input type="radio" name="ai" value="no" checked>没有用</label>
      <label><input type="radio" name="ai" value="yes">用了</label>
      <span data-saved></span></form></fc-autosave>`);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toEqual([]);
    expect(asksBeforeLeaving()).toBe(false);
  });

  test("another's save keeps both texts; mine is sent over theirs when I say so", async () => {
    const asked = server(
      {
        status: 409,
        body: {
          message: "同事刚刚保存过。",
          version: 9,
          current: { title: "对方的名字", synopsis: "对方的简介" },
        },
      },
      { status: 200, body: { version: 10 } },
    );
    page(FORM);
    type("#t", "我的名字");
    await vi.advanceTimersByTimeAsync(800);
    const texts = [...document.querySelectorAll(".conflict-text")].map((one) => one.textContent);
    expect(texts).toEqual(["我的名字", "对方的名字"]);
    // What I had not touched follows theirs at once.
    expect(find<HTMLTextAreaElement>("#s").value).toBe("对方的简介");
    expect(asksBeforeLeaving()).toBe(true);
    button("用我的").click();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked[1]?.body).toEqual({ version: 9, fields: { title: "我的名字" } });
    expect(document.querySelector(".conflict")).toBeNull();
  });

  test("a 409 that names the version which was sent is a refusal, and is not sent again at once", async () => {
    const same = { status: 409, body: { message: "现在不能改。", version: 7, current: {} } };
    const asked = server(...Array.from({ length: 20 }, () => same));
    page(FORM);
    type("#t", "我的");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveLength(1);
    expect(asksBeforeLeaving()).toBe(true);
    expect(mark()).toBe("现在不能改。");
  });

  test("theirs can be taken, and then nothing is owed", async () => {
    const asked = server({
      status: 409,
      body: { message: "…", version: 9, current: { title: "对方的" } },
    });
    page(FORM);
    type("#t", "我的");
    await vi.advanceTimersByTimeAsync(800);
    button("用对方的").click();
    await vi.advanceTimersByTimeAsync(0);
    expect(find<HTMLInputElement>("#t").value).toBe("对方的");
    expect(asked).toHaveLength(1);
    expect(asksBeforeLeaving()).toBe(false);
  });

  test("divisions are compared and taken as one, by their names", async () => {
    server({
      status: 409,
      body: { message: "…", version: 9, current: { divisions: ["student", "team"] } },
    });
    page(`<fc-autosave save-url="/draft/" version="7" draft-key="e2"><form>
      <div class="field" data-together>
        <label for="d0">身份</label>
        <select id="d0" name="division-0"><option value="">请选择</option><option value="staff">教工组</option><option value="student">学生组</option></select>
        <label for="d1">形式</label>
        <select id="d1" name="division-1"><option value="">请选择</option><option value="one">个人</option><option value="team">团体</option></select>
      </div><span data-saved></span></form></fc-autosave>`);
    const select = find<HTMLSelectElement>("#d0");
    select.value = "staff";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await vi.advanceTimersByTimeAsync(800);
    expect([...document.querySelectorAll(".conflict-text")].map((one) => one.textContent)).toEqual([
      "教工组 请选择",
      "学生组 团体",
    ]);
    button("用对方的").click();
    await vi.advanceTimersByTimeAsync(0);
    expect(select.value).toBe("student");
    expect(find<HTMLSelectElement>("#d1").value).toBe("team");
  });

  test("a refusal stands beside its field and the text stays", async () => {
    server({
      status: 422,
      body: { message: "有的内容没有保存。", fields: { title: "超过 200 字" } },
    });
    page(FORM);
    type("#t", "很长");
    await vi.advanceTimersByTimeAsync(800);
    expect(mark()).toBe("有的内容没有保存。");
    expect(find("#t").closest(".field")?.querySelector(".field-error")?.textContent).toBe(
      "超过 200 字",
    );
    expect(find<HTMLInputElement>("#t").value).toBe("很长");
  });

  test("submitting first saves the draft, then goes on", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(FORM);
    const again = vi.spyOn(HTMLFormElement.prototype, "requestSubmit").mockImplementation(() => {});
    type("#t", "马上提交");
    const submit = new Event("submit", { cancelable: true, bubbles: true });
    find("form").dispatchEvent(submit);
    expect(submit.defaultPrevented).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
    expect(again).toHaveBeenCalledOnce();
    expect(find<HTMLInputElement>("[name=version]").value).toBe("8");
  });

  const PEOPLE = `<fc-autosave save-url="/draft/" version="7" draft-key="e1"><form id="f">
    <fieldset class="field"><legend>作者</legend><fc-people>
      <div data-person><span class="sr-only">第 1 位姓名</span><input name="authors-name" value="甲"><select name="authors-role"><option>编导<option>摄像</select></div>
      <div data-person><span class="sr-only">第 2 位姓名</span><input name="authors-name"><select name="authors-role"><option>编导<option>摄像</select></div>
    </fc-people></fieldset></form></fc-autosave>
    <label><input type="checkbox" name="declared" form="f">承诺</label><span data-saved></span>`;

  test("people can be added, and their names and roles travel together", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(PEOPLE);
    expect(document.querySelectorAll("[data-person]")).toHaveLength(1);
    button("再加一位").click();
    type("[data-person]:nth-of-type(2) input", "乙");
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[0]?.body.fields).toEqual({
      "authors-name": ["甲", "乙"],
      "authors-role": ["编导", "编导"],
    });
    expect(find("[data-person]:nth-of-type(2) .sr-only").textContent).toBe("第 2 位姓名");
    expect(mark()).toMatch(/^✓ 已保存/);
    find<HTMLButtonElement>("[data-person]:nth-of-type(2) [data-remove]").click();
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[1]?.body.fields).toEqual({ "authors-name": "甲", "authors-role": "编导" });
  });

  test("a person moves up a place, and the new order is saved", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(PEOPLE);
    button("再加一位").click();
    type("[data-person]:nth-of-type(2) input", "乙");
    await vi.advanceTimersByTimeAsync(800);
    const up = find<HTMLButtonElement>("[data-person]:nth-of-type(2) [data-up]");
    expect(up.getAttribute("aria-label")).toBe("把第 2 位上移一位");
    up.click();
    await vi.advanceTimersByTimeAsync(800);
    expect(asked[1]?.body.fields).toEqual({
      "authors-name": ["乙", "甲"],
      "authors-role": ["编导", "编导"],
    });
    expect(find<HTMLButtonElement>("[data-person]:nth-of-type(1) [data-up]").hidden).toBe(true);
    expect(find("[data-person]:nth-of-type(2) .sr-only").textContent).toBe("第 2 位姓名");
  });

  test("two lists of people are compared and chosen as a whole", async () => {
    const theirs = [
      { name: "丙", role: "摄像" },
      { name: "丁", role: "编导" },
    ];
    server({ status: 409, body: { message: "…", version: 9, current: { authors: theirs } } });
    page(PEOPLE);
    type("[data-person] input", "乙");
    await vi.advanceTimersByTimeAsync(800);
    expect([...document.querySelectorAll(".conflict-text")].map((one) => one.textContent)).toEqual([
      "乙 编导",
      "丙 摄像\n丁 编导",
    ]);
    button("用对方的").click();
    await vi.advanceTimersByTimeAsync(0);
    const rows = [...document.querySelectorAll("[data-person]")].map((row) =>
      [...row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")].map(
        (one) => one.value,
      ),
    );
    expect(rows).toEqual([
      ["丙", "摄像"],
      ["丁", "编导"],
    ]);
    expect(asksBeforeLeaving()).toBe(false);
  });

  test("controls outside the element are not drafted, and do not wait", async () => {
    const asked = server({ status: 200, body: { version: 8 } });
    page(PEOPLE);
    const box = find<HTMLInputElement>("[name=declared]");
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toEqual([]);
    expect(asksBeforeLeaving()).toBe(false);
  });
});

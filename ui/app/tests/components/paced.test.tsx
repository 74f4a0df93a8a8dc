import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { render } from "vitest-browser-react";
import { usePaced } from "@/lib/use-paced";

let say: (text: string) => void;
function Spoken() {
  const [text, setText] = useState("0 waiting");
  say = setText;
  return <p role="status">{usePaced(text)}</p>;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("what changes four times a second is spoken at once, then every fifteen seconds, and last how it ended", async () => {
  const { container } = await render(<Spoken />);
  const spoken: string[] = [];
  const region = container.querySelector("[role=status]") as HTMLElement;
  const watch = new MutationObserver(() => spoken.push(region.innerText));
  watch.observe(region, { subtree: true, childList: true, characterData: true });
  for (let quarter = 1; quarter <= 160; quarter += 1) {
    say(`${quarter} waiting`);
    await vi.advanceTimersByTimeAsync(250);
    await Promise.resolve();
  }
  await vi.advanceTimersByTimeAsync(20_000);
  watch.disconnect();
  expect(spoken.length).toBeLessThanOrEqual(4);
  expect(spoken.at(-1)).toBe("160 waiting");
  expect(Number.parseInt(spoken[0] ?? "", 10)).toBeLessThanOrEqual(4);
});

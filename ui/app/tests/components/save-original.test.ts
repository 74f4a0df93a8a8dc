import { expect, test } from "vitest";
import { nameIn } from "@/lib/save-original";

test("a file is called what the server calls it", () => {
  expect(nameIn(`attachment; filename="a.md"; filename*=UTF-8''%C3%A4.md`)).toBe("ä.md");
  expect(nameIn('attachment; filename="tides.pdf"')).toBe("tides.pdf");
  expect(nameIn("attachment")).toBeUndefined();
  expect(nameIn(null)).toBeUndefined();
});

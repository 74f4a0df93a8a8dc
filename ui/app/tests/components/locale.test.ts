import { expect, test } from "vitest";
import { firstLanguage } from "@/lib/locale";

test("dates and numbers are written in the first language that is one", () => {
  expect(firstLanguage(["de-AT", "en"])).toBe("de-AT");
  expect(firstLanguage(["C", "POSIX", "fr"])).toBe("fr");
  expect(firstLanguage(["C"])).toBe("en");
  expect(firstLanguage([])).toBe("en");
});

import { expect, test } from "vitest";
import { forgetFile, keepFile, MOST_KEPT, unsentFiles } from "@/lib/unsent-files";

/** A file of any size that takes no memory. */
function fileOf(size: number, name: string): File {
  const file = new File(["x"], name);
  Object.defineProperty(file, "size", { value: size });
  return file;
}

test("files are kept with what is said of them, in their order, until they are forgotten", async () => {
  expect(await keepFile(new File(["first"], "first.txt"), { tags: ["sea"], local_only: true })).toBe(true);
  expect(await keepFile(new File(["second"], "second.txt"), {})).toBe(true);
  const kept = await unsentFiles();
  expect(kept.map(({ file }) => file.name)).toEqual(["first.txt", "second.txt"]);
  expect(await kept[0]?.file.text()).toBe("first");
  expect(kept[0]?.about).toEqual({ tags: ["sea"], local_only: true });
  for (const { key } of kept) await forgetFile(key);
  expect(await unsentFiles()).toEqual([]);
});

test("what is larger than there is room for is not kept", async () => {
  expect(await keepFile(new File(["small"], "small.txt"), {})).toBe(true);
  expect(await keepFile(fileOf(MOST_KEPT, "large.bin"), {})).toBe(false);
  const kept = await unsentFiles();
  expect(kept.map(({ file }) => file.name)).toEqual(["small.txt"]);
  for (const { key } of kept) await forgetFile(key);
});

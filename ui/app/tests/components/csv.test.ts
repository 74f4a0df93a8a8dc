import { expect, test } from "vitest";
import { csv } from "@/features/settings/privacy/csv";

test("what looks like a formula is text, and quotes stay quotes", () => {
  const rows = [
    ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx"],
    ['a "b", c', "two\nlines", null, -3, "plain"],
  ];
  expect(csv(rows)).toBe("'=HYPERLINK(1),'+1,'-1,'@x,'\tx\r\n" + '"a ""b"", c","two\nlines",,-3,plain\r\n');
});

test("a field that is a formula and needs quotes is both marked and quoted", () => {
  expect(csv([["=1,2"]])).toBe('"\'=1,2"\r\n');
});

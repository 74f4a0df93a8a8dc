/** The Chromium of this machine: nothing is loaded down for the tests. */
const PLACES = [
  process.env.CORTEX_TEST_BROWSER,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

export function chromium(exists: (path: string) => boolean): string {
  const found = PLACES.find((place) => place !== undefined && exists(place));
  if (found === undefined)
    throw new Error(
      "No Chromium is here. Install it (apt-get install chromium), or set CORTEX_TEST_BROWSER.",
    );
  return found;
}

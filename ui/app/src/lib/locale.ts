/** The first of these that is a language; a system without one (the C locale, in WebKitGTK) says what is none. */
export function firstLanguage(names: readonly string[]): string {
  return names.find(isLanguage) ?? "en";
}

function isLanguage(name: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(name).length === 1;
  } catch {
    return false;
  }
}

/** The reader's own locale, for dates, numbers and lists. */
export const locale = firstLanguage([navigator.language, ...navigator.languages]);

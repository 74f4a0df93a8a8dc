import { useEffect, useState } from "react";

/**
 * Whether the article's own heading, which says the item's title, is in view: then the title need not stand above it as
 * well. To screen readers there is one heading of the first level, the view's.
 */
export function useOwnTitle(article: HTMLElement | undefined, title: string): boolean {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const heading = article?.querySelector("h1");
    if (!heading || !says(heading.textContent, title)) return;
    heading.role = "heading";
    heading.ariaLevel = "2";
    const observer = new IntersectionObserver(([entry]) => setShown(entry?.isIntersecting ?? false));
    observer.observe(heading);
    return () => {
      observer.disconnect();
      setShown(false);
    };
  }, [article, title]);
  return isShown;
}

function says(heading: string, title: string): boolean {
  const [one, other] = [heading, title].map((text) => text.replace(/\s+/g, " ").trim().toLowerCase());
  return one !== undefined && one !== "" && one === other;
}

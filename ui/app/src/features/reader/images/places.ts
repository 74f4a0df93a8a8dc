/** An image of a saved page, and the element that stands where it stood. */
export interface ImagePlace {
  key: string;
  host: HTMLElement;
  source: string;
  alt: string;
  /** Where the image led, when it was a link. */
  href: string | null;
}

/** A page can name any number of images; beyond these they are their descriptions alone. */
const MOST = 300;

/** Put a place where each image of the web stands; what is none becomes its description. Nothing is asked for. */
export function placesOfImages(fragment: DocumentFragment): ImagePlace[] {
  return [...fragment.querySelectorAll("img")].flatMap((image, index) => {
    const source = image.dataset.src ?? "";
    const alt = image.alt.trim();
    const host = document.createElement("span");
    const link = image.closest("a");
    host.dataset.image = "";
    // A button in a link would be two things at once.
    if (link === null) image.replaceWith(host);
    else {
      image.remove();
      link.after(host);
      if (link.textContent?.trim() === "" && link.querySelector("img") === null) link.remove();
    }
    if (index >= MOST || !/^https?:\/\//i.test(source)) {
      host.textContent = alt;
      return [];
    }
    return [{ key: `${index} ${source}`, host, source, alt, href: link?.href || null }];
  });
}

/** The host that an image would be asked of. */
export function hostOf(source: string): string {
  return /^https?:\/\/([^/?#]+)/i.exec(source)?.[1] ?? source;
}

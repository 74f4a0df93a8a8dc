import DOMPurify from "dompurify";

/**
 * Saved HTML, cleaned by the server, cleaned once more here: handlers that the server missed would raise reports of
 * the policy even where they cannot run. Images of other hosts are taken out before the browser could ask for them.
 */
export function cleanHtml(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "iframe", "object", "embed"],
    FORBID_ATTR: ["style", "srcset"],
    ADD_ATTR: ["data-start"],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/|#)/i,
  });
}

/** Saved HTML as it is read: nothing that plays, and links that leave Cortex where it is. */
export function readableHtml(html: string): DocumentFragment {
  const fragment = cleanHtml(html);
  for (const media of fragment.querySelectorAll("video, audio, source, svg, math")) media.remove();
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  return fragment;
}

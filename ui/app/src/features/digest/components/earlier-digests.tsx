import { Link } from "@tanstack/react-router";
import { shortDate } from "@/lib/format";
import type { Listed } from "../api";

/** The digests there are, newest first. */
export function EarlierDigests({ digests, onChosen }: { digests: Listed[]; onChosen?: () => void }) {
  return (
    <ul>
      {digests.map((each) => (
        <li key={each.id}>
          <Link
            to="/digest/$digestId"
            params={{ digestId: each.id }}
            onClick={onChosen}
            className="block rounded-sm px-2 py-1 text-text no-underline hover:bg-selected"
            activeProps={{ className: "bg-selected" }}
          >
            {shortDate(each.until)}
          </Link>
        </li>
      ))}
    </ul>
  );
}

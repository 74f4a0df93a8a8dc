import { Link } from "@tanstack/react-router";
import { useWords } from "@/lib/i18n";
import { usePreferences } from "@/lib/preferences";
import { PLACES } from "./places";
import { Status } from "./status";

/** Beside the view where there is room, a rail of icons where there is less, a bar below on a phone. */
export function Navigation() {
  const words = useWords();
  const hidden = usePreferences((state) => state.navHidden);
  if (hidden) return null;
  return (
    <nav
      aria-label={words("nav.label")}
      className="flex shrink-0 flex-col border-line bg-bg max-medium:border-t medium:w-14 medium:border-e wide:w-52"
    >
      <ul className="flex flex-1 gap-0.5 p-2 max-medium:justify-around medium:flex-col">
        {PLACES.map((place) => (
          <li key={place.to}>
            <Link
              to={place.to}
              title={words(place.label)}
              className="flex min-h-8 items-center gap-2.5 rounded-sm px-2.5 py-1 text-text no-underline hover:bg-selected max-medium:flex-col max-medium:gap-0.5 max-medium:text-12"
              activeProps={{ className: "bg-selected font-medium" }}
            >
              <place.icon size={20} aria-hidden className="shrink-0 text-muted" />
              <span className="medium:max-wide:sr-only">{words(place.label)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <Status />
    </nav>
  );
}

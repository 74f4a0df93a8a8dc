import { Link, useNavigate } from "@tanstack/react-router";
import { Menu as MenuIcon, Plus } from "lucide-react";
import { Button } from "react-aria-components";
import { Menu } from "@/components/ui/menu";
import { useCommandRegistry } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { usePreferences } from "@/lib/preferences";
import { PLACES, type Place } from "./places";
import { Status } from "./status";

const SLOT =
  "flex min-h-8 items-center gap-2.5 rounded-sm px-2.5 py-1 text-text no-underline hover:bg-selected " +
  "max-medium:flex-col max-medium:gap-0.5 max-medium:px-1.5 max-medium:text-12";

/** Beside the view where there is room, a rail of icons where there is less, a bar below on a phone. */
export function Navigation() {
  const words = useWords();
  const hidden = usePreferences((state) => state.navHidden);
  if (hidden) return null;
  return (
    <nav
      aria-label={words("nav.label")}
      className="flex shrink-0 flex-col border-line bg-bg max-medium:border-t medium:w-14 medium:overflow-y-auto medium:border-e wide:w-52"
    >
      <ul className="flex flex-1 flex-col gap-0.5 p-2 max-medium:hidden">
        {PLACES.map((place) => (
          <PlaceLink key={place.to} place={place} />
        ))}
      </ul>
      <Bar />
      <Status />
    </nav>
  );
}

function PlaceLink({ place }: { place: Place }) {
  const words = useWords();
  return (
    <li>
      <Link
        to={place.to}
        title={words(place.label)}
        className={SLOT}
        activeProps={{ className: "bg-selected font-medium" }}
      >
        <place.icon size={20} aria-hidden className="shrink-0 text-muted" />
        <span className="medium:max-wide:sr-only">{words(place.label)}</span>
      </Link>
    </li>
  );
}

const IN_BAR = ["library", "search", "chat"];

/** On a phone: library, search, saving, chat, and the rest in a menu. */
function Bar() {
  const words = useWords();
  const navigate = useNavigate();
  const capture = useCommandRegistry((state) => state.commands.find((command) => command.id === "capture"));
  const [library, search, chat] = PLACES.filter((place) => IN_BAR.includes(place.id));
  const rest = PLACES.filter((place) => !IN_BAR.includes(place.id));
  return (
    <ul className="flex justify-around p-1 medium:hidden">
      {library ? <PlaceLink place={library} /> : null}
      {search ? <PlaceLink place={search} /> : null}
      <li>
        <Button className={SLOT} onPress={() => capture?.run()}>
          <Plus size={20} aria-hidden className="text-accent" />
          {words("nav.capture")}
        </Button>
      </li>
      {chat ? <PlaceLink place={chat} /> : null}
      <li>
        <Menu
          label={words("nav.more")}
          entries={rest.map((place) => ({
            id: place.id,
            label: words(place.label),
            icon: place.icon,
            run: () => void navigate({ to: place.to }),
          }))}
        >
          <Button className={SLOT}>
            <MenuIcon size={20} aria-hidden className="text-muted" />
            {words("nav.more")}
          </Button>
        </Menu>
      </li>
    </ul>
  );
}

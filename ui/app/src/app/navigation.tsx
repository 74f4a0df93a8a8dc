import { Link, useNavigate } from "@tanstack/react-router";
import { Command as CommandIcon, Menu as MenuIcon, PanelLeftClose, PanelLeftOpen, Plus } from "lucide-react";
import { Button } from "react-aria-components";
import { IconButton, Button as UiButton } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { useOfferedCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { usePreferences } from "@/lib/preferences";
import { PLACES, type Place } from "./places";
import { Status } from "./status";

const SLOT =
  "flex min-h-8 items-center gap-2.5 rounded-sm px-2.5 py-1 text-text no-underline hover:bg-selected " +
  "max-medium:flex-col max-medium:gap-0.5 max-medium:px-1.5 max-medium:text-12";

/**
 * Beside the view where there is room, a rail of icons where there is less, a bar below on a phone. Hidden, a narrow edge
 * with the way back is left of it; the bar stays.
 */
export function Navigation() {
  const words = useWords();
  const hidden = usePreferences((state) => state.navHidden);
  return (
    <>
      {hidden ? <Edge /> : null}
      <Whole label={words("nav.label")} hidden={hidden} />
    </>
  );
}

function Edge() {
  const words = useWords();
  const toggle = useOffered("nav");
  return (
    <div className="flex shrink-0 flex-col justify-end border-e border-line pb-2 max-medium:hidden">
      <IconButton
        icon={PanelLeftOpen}
        label={words("nav.show")}
        keys={toggle?.keys?.[0]}
        data-nav-edge=""
        onPress={() => toggle?.run()}
      />
    </div>
  );
}

function Whole({ label, hidden }: { label: string; hidden: boolean }) {
  const words = useWords();
  const toggle = useOffered("nav");
  return (
    <nav
      aria-label={label}
      className={`flex shrink-0 flex-col border-line bg-bg max-medium:border-t medium:w-14 medium:overflow-y-auto medium:border-e wide:w-52 ${hidden ? "medium:hidden" : ""}`}
    >
      <Actions />
      <ul className="flex flex-1 flex-col gap-0.5 p-2 max-medium:hidden">
        {PLACES.map((place) => (
          <PlaceLink key={place.to} place={place} />
        ))}
      </ul>
      <Bar />
      <Status />
      <IconButton
        icon={PanelLeftClose}
        label={words("nav.hide")}
        keys={toggle?.keys?.[0]}
        onPress={() => toggle?.run()}
        className="mx-3 mb-2 max-medium:hidden"
      />
    </nav>
  );
}

/** What is done from anywhere: saving something, and every command with what the library has. */
function Actions() {
  const words = useWords();
  const capture = useOffered("capture");
  const palette = useOffered("palette");
  return (
    <div className="flex gap-1 p-2 pb-0 max-medium:hidden medium:max-wide:flex-col medium:max-wide:items-center">
      <UiButton
        kind="primary"
        icon={Plus}
        className="wide:flex-1 medium:max-wide:size-8 medium:max-wide:px-0!"
        onPress={() => capture?.run()}
      >
        <span className="medium:max-wide:sr-only">{words("nav.capture")}</span>
      </UiButton>
      <IconButton
        icon={CommandIcon}
        label={words("command.palette")}
        keys={palette?.keys?.[0]}
        onPress={() => palette?.run()}
      />
    </div>
  );
}

/** A command of the frame with its keys, once it is offered. */
function useOffered(id: string) {
  return useOfferedCommands().find((command) => command.id === id);
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
  const capture = useOffered("capture");
  const palette = useOffered("palette");
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
          entries={[
            ...rest.map((place) => ({
              id: place.id,
              label: words(place.label),
              icon: place.icon,
              run: () => void navigate({ to: place.to }),
            })),
            {
              id: "palette",
              label: words("command.palette"),
              icon: CommandIcon,
              run: () => palette?.run(),
              separated: true,
            },
          ]}
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

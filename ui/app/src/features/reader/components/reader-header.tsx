import { Link } from "@tanstack/react-router";
import {
  AArrowDown,
  AArrowUp,
  Archive,
  Download,
  ExternalLink,
  ListTree,
  Lock,
  LockOpen,
  MoreHorizontal,
  PanelRight,
  RefreshCw,
  Star,
  Trash2,
  Type,
} from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { dateAndTime, shortDate } from "@/lib/format";
import { t, useWords } from "@/lib/i18n";
import { useBulk, useChangeItem } from "@/lib/items";
import { useReadingStyle } from "@/lib/reading-style";
import { saveOriginal } from "@/lib/save-original";
import { useUpdateCopy } from "@/lib/update-copy";
import { useWide } from "@/lib/use-wide";
import type { ItemDetail } from "../api";
import { useOwnTitle } from "../use-own-title";
import type { Shown } from "../views";
import { AskAbout } from "./ask-about";
import { ViewSwitch } from "./view-switch";

interface ReaderHeaderProps {
  item: ItemDetail;
  views: Shown[];
  view: Shown;
  /** The text, where it is shown. */
  article: HTMLElement | undefined;
  onView: (view: Shown) => void;
  onAside: () => void;
  onOutline: () => void;
}

/** Title, where it is from, and what can be done with it. */
export function ReaderHeader(props: ReaderHeaderProps) {
  const { item, views, view, article, onView, onAside, onOutline } = props;
  const words = useWords();
  const wide = useWide();
  const isTitleShown = useOwnTitle(article, item.title);
  const change = useChangeItem();
  const bulk = useBulk();
  const updateCopy = useUpdateCopy();
  const style = useReadingStyle();
  const site = item.site_name ?? (item.url ? new URL(item.url).hostname : null);
  const facts = [
    site,
    item.author,
    item.published_at ? shortDate(item.published_at) : null,
    item.reading_minutes > 0 ? words("reader.byline", { minutes: item.reading_minutes }) : null,
  ].filter((fact) => fact !== null);
  const isHidden = isTitleShown && facts.length > 0;
  return (
    <header className="flex items-center gap-1 border-b border-line px-4 py-2 max-medium:flex-wrap max-medium:justify-end">
      <div className="min-w-0 flex-1 max-medium:basis-full">
        <h1
          className={`truncate text-16 ${isHidden ? "peer opacity-0 focus-visible:opacity-100" : ""}`}
          dir="auto"
          tabIndex={-1}
        >
          {item.title}
        </h1>
        <p
          // Alone it stands in the middle of the room that it shares with the title.
          className={`truncate text-12 text-muted transition-transform duration-120 motion-reduce:transition-none ${isHidden ? "-translate-y-3 peer-focus-visible:translate-y-0" : ""}`}
          title={dateAndTime(item.created_at)}
        >
          {facts.join(" · ")}
        </p>
      </div>
      <ViewSwitch views={views} view={view} onView={onView} />
      {article ? (
        <IconButton
          icon={ListTree}
          label={words("reader.outline")}
          keys="I"
          pressed={wide && style.showOutline}
          onPress={onOutline}
        />
      ) : null}
      <span className={view === "reader" ? "flex max-medium:hidden" : "hidden"}>
        <IconButton
          icon={AArrowDown}
          label={words("reader.font.smaller")}
          keys="-"
          onPress={() => style.resize(-1)}
        />
        <IconButton
          icon={AArrowUp}
          label={words("reader.font.larger")}
          keys="+"
          onPress={() => style.resize(1)}
        />
        <IconButton
          icon={Type}
          label={words("reader.font.family")}
          onPress={() => style.set({ family: style.family === "serif" ? "sans" : "serif" })}
        />
      </span>
      <IconButton
        icon={Star}
        label={words("library.favourite")}
        keys="F"
        pressed={item.favourite}
        onPress={() => change.mutate({ id: item.id, change: { favourite: !item.favourite } })}
      />
      {item.url ? (
        <a
          href={item.url}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={words("reader.open")}
          title={words("reader.open")}
          className="inline-flex size-8 items-center justify-center rounded-sm text-muted hover:bg-selected hover:text-text"
        >
          <ExternalLink size={16} aria-hidden />
        </a>
      ) : null}
      <Menu
        label={words("action.more")}
        entries={[
          {
            id: "archive",
            icon: Archive,
            label: words(item.archived ? "command.item.unarchive" : "command.item.archive"),
            run: () =>
              change.mutate({
                id: item.id,
                change: { archived: !item.archived },
                said: item.archived ? "items.unarchived" : "items.archived",
              }),
          },
          {
            id: "local",
            icon: item.local_only ? LockOpen : Lock,
            label: words(item.local_only ? "command.item.anywhere" : "command.item.keepHere"),
            run: () =>
              change.mutate({
                id: item.id,
                change: { local_only: !item.local_only },
                said: item.local_only ? "items.anywhere" : "items.localOnly",
              }),
          },
          ...(item.url && !item.deleted_at
            ? [
                {
                  id: "updateCopy",
                  icon: RefreshCw,
                  label: words("command.item.updateCopy"),
                  run: () => updateCopy.mutate(item.id),
                },
              ]
            : []),
          {
            id: "download",
            icon: Download,
            label: words("reader.download"),
            run: () => void saveOriginal(item.id),
          },
          {
            id: "trash",
            icon: Trash2,
            tone: "danger",
            separated: true,
            label: words(item.deleted_at ? "command.item.restore" : "command.item.trash"),
            run: () => {
              const action = item.deleted_at ? "restore" : "delete";
              bulk.mutate({
                request: { action, ids: [item.id] },
                said: (done) => t(action === "delete" ? "items.trashed" : "items.restored", { count: done }),
              });
            },
          },
        ]}
      >
        <IconButton icon={MoreHorizontal} label={words("action.more")} />
      </Menu>
      <AskAbout itemId={item.id} />
      <IconButton
        icon={PanelRight}
        label={words("reader.about")}
        keys="$mod+."
        pressed={wide && style.showAside}
        onPress={onAside}
      />
      <Link to="/library" className="sr-only focus:not-sr-only">
        {words("command.go.library")}
      </Link>
    </header>
  );
}

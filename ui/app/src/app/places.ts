import {
  Library,
  ListChecks,
  type LucideIcon,
  MessagesSquare,
  Newspaper,
  Search,
  Settings,
  SquareCheck,
  Tags,
  Waypoints,
} from "lucide-react";
import type { MessageId } from "@/lib/i18n";

/** A view of the navigation: its address, its name, and the key after `g` that leads there. */
export interface Place {
  to:
    | "/library"
    | "/search"
    | "/chat"
    | "/digest"
    | "/connections"
    | "/activity"
    | "/tasks"
    | "/organise"
    | "/settings";
  id:
    | "library"
    | "search"
    | "chat"
    | "digest"
    | "connections"
    | "activity"
    | "tasks"
    | "organise"
    | "settings";
  label: MessageId;
  icon: LucideIcon;
  key: string;
}

/** In the order of the navigation. */
export const PLACES: Place[] = [
  { to: "/library", id: "library", label: "nav.library", icon: Library, key: "l" },
  { to: "/search", id: "search", label: "nav.search", icon: Search, key: "s" },
  { to: "/chat", id: "chat", label: "nav.chat", icon: MessagesSquare, key: "c" },
  { to: "/digest", id: "digest", label: "nav.digest", icon: Newspaper, key: "d" },
  { to: "/connections", id: "connections", label: "nav.connections", icon: Waypoints, key: "n" },
  { to: "/activity", id: "activity", label: "nav.activity", icon: ListChecks, key: "a" },
  { to: "/tasks", id: "tasks", label: "nav.tasks", icon: SquareCheck, key: "t" },
  { to: "/organise", id: "organise", label: "nav.organise", icon: Tags, key: "o" },
  { to: "/settings", id: "settings", label: "nav.settings", icon: Settings, key: "," },
];

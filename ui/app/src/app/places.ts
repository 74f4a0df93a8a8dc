import { Library, type LucideIcon } from "lucide-react";
import type { MessageId } from "@/lib/i18n";

/** A view of the navigation: its address, its name, and the key after `g` that leads there. */
export interface Place {
  to: "/library";
  id: "library";
  label: MessageId;
  icon: LucideIcon;
  key: string;
}

/** In the order of the navigation. The first four stand in the bar of a phone, the others behind "More". */
export const PLACES: Place[] = [
  { to: "/library", id: "library", label: "nav.library", icon: Library, key: "l" },
];

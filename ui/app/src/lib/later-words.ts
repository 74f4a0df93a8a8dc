/** Imported by the views that need them, and by nothing that is there at first. */
import { addWords } from "./i18n";
import { later } from "./messages/later";

addWords(later);

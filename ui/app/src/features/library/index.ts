export { LibraryView, TrashView } from "./components/library-view";

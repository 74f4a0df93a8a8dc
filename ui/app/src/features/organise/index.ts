export { CollectionsView } from "./components/collections-view";
export { TagsView } from "./components/tags-view";

export { SearchPlace as SearchView } from "./components/search-place";

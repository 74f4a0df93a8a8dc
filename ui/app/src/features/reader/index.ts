export { ReaderView } from "./components/reader-view";

export { DigestView, LatestDigestView } from "./components/digest-view";

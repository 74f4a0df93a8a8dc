export { ActivityView } from "./components/activity-view";

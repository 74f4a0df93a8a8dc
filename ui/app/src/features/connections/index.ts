export { ConnectionsView } from "./components/connections-view";

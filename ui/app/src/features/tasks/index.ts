export { TasksView } from "./components/tasks-view";

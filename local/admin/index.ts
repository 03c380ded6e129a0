export { ClockControl } from "./clock-control.ts";
export { startAdmin } from "./server.ts";

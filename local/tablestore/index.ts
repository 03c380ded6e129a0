export { busy, type FaultChooser } from "./faults.ts";
export { startTablestore, type TablestoreService } from "./service.ts";

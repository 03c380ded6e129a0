export type { FaultChooser } from "../request-fault.ts";
export { busy, splitPart } from "./faults.ts";
export { startTablestore, type TablestoreService } from "./service.ts";

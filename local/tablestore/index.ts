export { busy, type Fault, type FaultChooser, partitionUnavailable } from "./faults.ts";
export { startTablestore, type TablestoreOptions, type TablestoreService } from "./service.ts";

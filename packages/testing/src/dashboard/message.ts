/** What CloudWatch has to say of a place in a dashboard's body. */
export interface DashboardMessage {
  /** Empty for the body as a whole. */
  readonly DataPath: string;
  readonly Message: string;
}

export function fault(DataPath: string, Message: string): DashboardMessage {
  return { DataPath, Message };
}

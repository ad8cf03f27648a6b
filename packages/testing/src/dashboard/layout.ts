import { isNumber, type Members } from "./json-values.ts";
import { type DashboardMessage, fault } from "./message.ts";

/** CloudWatch's grid. */
export const COLUMNS = 24;
const DEFAULT_SIZE = 6;

/** CloudWatch would move what is where something else is, and what goes over the edge. */
export function layoutFaults(widgets: readonly Members[]): readonly DashboardMessage[] {
  const areas = widgets.flatMap(({ x, y, width = DEFAULT_SIZE, height = DEFAULT_SIZE }, at) =>
    [x, y, width, height].every(isNumber)
      ? [
          {
            at,
            left: Number(x),
            top: Number(y),
            right: Number(x) + Number(width),
            end: Number(y) + Number(height),
          },
        ]
      : [],
  );
  return areas.flatMap((area, place) => [
    ...(area.right > COLUMNS ? [fault(`/widgets/${area.at}`, "goes over the right edge")] : []),
    ...areas
      .slice(0, place)
      .filter(
        (other) =>
          area.left < other.right && other.left < area.right && area.top < other.end && other.top < area.end,
      )
      .map((other) => fault(`/widgets/${area.at}`, `covers /widgets/${other.at}`)),
  ]);
}

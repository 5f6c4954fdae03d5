"""Greatest flows with whole numbers (Dinic), and what the flow leaves open: the least cut and the closed rounds."""

from collections import deque


class FlowNetwork:
    """Nodes are numbers; arc 2i is the i-th arc added, arc 2i + 1 the way back on it."""

    def __init__(self, nodes: int) -> None:
        self.heads: list[int] = []
        self.room: list[int] = []
        self.arcs: list[list[int]] = [[] for _ in range(nodes)]

    def add(self, tail: int, head: int, capacity: int) -> int:
        """Add an arc; gives its number."""
        arc = len(self.heads)
        self.heads += (head, tail)
        self.room += (capacity, 0)
        self.arcs[tail].append(arc)
        self.arcs[head].append(arc + 1)
        return arc

    def flow(self, arc: int) -> int:
        """What runs through an arc now."""
        return self.room[arc ^ 1]

    def fill(self, source: int, sink: int) -> int:
        """Send as much as possible from the source to the sink; gives how much was sent now."""
        sent = 0
        while True:
            depth = self._depths(source)
            if depth[sink] < 0:
                return sent
            sent += self._blocking_flow(source, sink, depth)

    def reached(self, source: int) -> list[bool]:
        """Which nodes can still be reached: after `fill`, the source's side of the least cut."""
        return [depth >= 0 for depth in self._depths(source)]

    def components(self) -> list[int]:
        """The number of each node's component: two nodes share one when each still reaches the other (Tarjan)."""
        found, low, number, stack, on_stack = 0, [0] * len(self.arcs), [0] * len(self.arcs), [], set()
        component, components = [-1] * len(self.arcs), 0
        for start in range(len(self.arcs)):
            if number[start]:
                continue
            way = [(start, 0)]
            while way:
                node, position = way.pop()
                if not number[node]:
                    found += 1
                    number[node] = low[node] = found
                    stack.append(node)
                    on_stack.add(node)
                for step in range(position, len(self.arcs[node])):
                    arc = self.arcs[node][step]
                    head = self.heads[arc]
                    if not self.room[arc]:
                        continue
                    if not number[head]:
                        way += [
                            (node, step),
                            (head, 0),
                        ]  # come back to this arc: the head's low is known then
                        break
                    if head in on_stack:
                        low[node] = min(low[node], low[head])
                else:
                    if low[node] == number[node]:
                        while component[node] < 0:
                            member = stack.pop()
                            on_stack.discard(member)
                            component[member] = components
                        components += 1
        return component

    def _depths(self, source: int) -> list[int]:
        depth = [-1] * len(self.arcs)
        depth[source] = 0
        queue, heads, room = deque([source]), self.heads, self.room
        while queue:
            node = queue.popleft()
            for arc in self.arcs[node]:
                head = heads[arc]
                if room[arc] and depth[head] < 0:
                    depth[head] = depth[node] + 1
                    queue.append(head)
        return depth

    def _blocking_flow(self, source: int, sink: int, depth: list[int]) -> int:
        heads, room, arcs = self.heads, self.room, self.arcs
        following = [0] * len(arcs)
        sent, way = 0, list[int]()
        node = source
        while True:
            if node == sink:
                moved = min([room[arc] for arc in way])
                sent += moved
                full = len(way)
                for place in range(len(way) - 1, -1, -1):
                    arc = way[place]
                    room[arc] -= moved
                    room[arc ^ 1] += moved
                    if not room[arc]:
                        full = place
                node = heads[way[full] ^ 1]
                del way[full:]
                continue
            out = arcs[node]
            while following[node] < len(out):
                arc = out[following[node]]
                if room[arc] and depth[heads[arc]] == depth[node] + 1:
                    way.append(arc)
                    node = heads[arc]
                    break
                following[node] += 1
            else:
                if node == source:
                    return sent
                arc = way.pop()
                node = heads[arc ^ 1]
                following[node] += 1

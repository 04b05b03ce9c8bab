/** What a module keeps of each flow: so many bytes, all zero at first, under the flow's number; for so many flows at most. */
export class FlowTable {
  size: u32 = 0;
  private slots: usize = 16;
  private slotBytes: usize;
  private table: usize;

  constructor(
    private stateBytes: usize,
    private flowsMax: u32 = 1024,
  ) {
    while (this.slots < 2 * <usize>flowsMax) this.slots *= 2;
    this.slotBytes = ((stateBytes + 7) & ~7) + 8;
    this.table = heap.alloc(this.slots * this.slotBytes);
    memory.fill(this.table, 0, this.slots * this.slotBytes);
  }

  /** The flow's bytes, or 0 when there are none. */
  find(flow: u32): usize {
    const slot = this.slotOf(flow);
    return load<u32>(slot) != 0 ? slot + 8 : 0;
  }

  /** The flow's bytes, made if they are not there; 0 when there is no room for another flow. */
  open(flow: u32): usize {
    const slot = this.slotOf(flow);
    if (load<u32>(slot) == 0) {
      if (this.size == this.flowsMax) return 0;
      this.size++;
      store<u32>(slot, 1);
      store<u32>(slot, flow, 4);
    }
    return slot + 8;
  }

  close(flow: u32): void {
    let hole = this.slotOf(flow);
    if (load<u32>(hole) == 0) return;
    this.size--;
    // Slots behind the hole which would be looked for from before it move up, so that none is cut off.
    for (let slot = this.next(hole); load<u32>(slot) != 0; slot = this.next(slot)) {
      const home = this.homeOf(load<u32>(slot, 4));
      if (slot > hole ? home > hole && home <= slot : home > hole || home <= slot) continue;
      memory.copy(hole, slot, this.slotBytes);
      hole = slot;
    }
    memory.fill(hole, 0, this.slotBytes);
  }

  /** Where the flow is, or the free slot where it would be: half of the slots are always free. */
  private slotOf(flow: u32): usize {
    let slot = this.homeOf(flow);
    while (load<u32>(slot) != 0 && load<u32>(slot, 4) != flow) slot = this.next(slot);
    return slot;
  }

  private homeOf(flow: u32): usize {
    const mixed = flow * 0x9e3779b1;
    return this.table + (<usize>(mixed ^ (mixed >> 16)) & (this.slots - 1)) * this.slotBytes;
  }

  private next(slot: usize): usize {
    const after = slot + this.slotBytes;
    return after == this.table + this.slots * this.slotBytes ? this.table : after;
  }
}

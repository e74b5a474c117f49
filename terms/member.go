package terms

import "truce/actors"

// Membership is who belongs to the agreement's parties, ready to be asked of a register. It
// must not be changed.
func (j *Judge) Membership() actors.Membership { return j.who.full }

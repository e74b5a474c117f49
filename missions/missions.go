// Package missions holds texts of the sample mission that come with the program.
package missions

import _ "embed"

//go:embed syria-2016/register.yaml
var register []byte

// SampleRegister returns the register of the sample mission.
func SampleRegister() []byte { return append([]byte(nil), register...) }

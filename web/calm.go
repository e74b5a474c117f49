package web

// calmRoutes are how calm it is.
func (s *site) calmRoutes() {
}

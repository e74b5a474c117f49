package web

// dayRoutes are the reports of days.
func (s *site) dayRoutes() {
}

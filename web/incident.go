package web

// incidentRoutes are one incident.
func (s *site) incidentRoutes() {
}
